"""Pictures of networks, drawn with Qt but without a window: levels, boxes, volumes, cards."""
