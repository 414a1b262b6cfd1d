"""Ready networks, one file per family: functions that build documents."""
