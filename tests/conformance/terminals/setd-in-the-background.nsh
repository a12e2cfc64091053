# tty_ioctl(): TIOCSETD is for the foreground, before anybody looks at its number
spawn parent
parent spawn child
child setpgid 0 0
as child { ioctl 0 TIOCSETD 31 } &
expect { parent waitpid --untraced } prints "3 stopped TTOU"
expect { child ioctl 0 TIOCGETD } fails EBUSY
