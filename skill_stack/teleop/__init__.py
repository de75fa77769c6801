"""What people touch: the prompt and driving by keys. Both know callbacks alone, no transport."""
