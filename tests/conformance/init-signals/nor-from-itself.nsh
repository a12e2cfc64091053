# pid_namespaces(7), SIGNAL_UNKILLABLE: init cannot kill itself by a signal either
expect { kill -KILL $$ }
expect { kill -TERM 1 }
expect { kill -STOP 1 }
expect { sigpending } prints ""
expect $(getpid) == 1
