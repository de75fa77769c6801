"""Names, detections, pointing and gestures."""
