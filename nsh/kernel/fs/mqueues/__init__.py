"""POSIX message queues and their file system (mq_overview(7); N2)."""
