"""Which of several skills does what is asked for, and noticing when that has changed."""
