# kill(2), errors: ESRCH where there is no such process or group; signal 0 only asks
expect { kill -0 1 }
expect { kill -0 99 } fails ESRCH
expect { kill -TERM 99 } fails ESRCH
expect { kill -TERM -99 } fails ESRCH
expect { kill -0 -2147483648 } fails ESRCH
