# credentials(7), n_tty job_control(): a background group that reads is stopped by SIGTTIN
spawn parent
parent spawn child
child setpgid 0 0
as child { read line } &
expect { parent waitpid --untraced } prints "3 stopped TTIN"
