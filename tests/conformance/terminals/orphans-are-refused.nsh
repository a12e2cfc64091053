# tty_check_change(), job_control(): EIO for an orphaned background group, which nothing may stop
spawn parent
parent spawn child
child { setpgid 0 0; sigprocmask --block TTIN }
expect { child { read line } } fails EIO
