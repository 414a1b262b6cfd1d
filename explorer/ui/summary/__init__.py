"""Every layer as a row: shapes, parameters, cost."""
