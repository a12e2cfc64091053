# proc_pid_instantiate(), S_IMMUTABLE: EPERM for everybody, before anybody asks for permissions
spawn w; w setresuid 1000 1000 1000
expect { w rm /proc/2/status } fails EPERM
expect { w rm /proc/2/task/2/status } fails EPERM
expect { w rm /proc/2/task/x } fails ENOENT
expect { rm /proc/2/status } fails EPERM
expect { w touch /proc/2 } fails EPERM
expect { touch /proc/2/task/2 } fails EPERM
touch /proc/2/task
expect { w chmod 777 /proc/2 } fails EPERM
expect { w rm /proc/version } fails EACCES
