"""What keeps the processes going: the supervisor, its log files, the reaper, the door of manage.py."""
