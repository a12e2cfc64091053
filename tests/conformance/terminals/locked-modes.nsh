# TIOCSLCKTRMIOS(2const), unset_locked_termios(): what is locked stays as it is, and no error tells
openpty
ioctl 3 TIOCSLCKTRMIOS echo icanon intr
expect { ioctl 4 TIOCGLCKTRMIOS } prints "icanon echo intr"
stty intr ^X susp ^Y -echo -isig <&4 || true
stty -a <&4 > settings
expect { grep -o ' echo ' settings } prints " echo "
expect { grep -o -e '-isig' settings } prints "-isig"
expect { grep -o 'intr = ^C' settings } prints "intr = ^C"
expect { grep -o 'susp = ^Y' settings } prints "susp = ^Y"
ioctl 3 TIOCSLCKTRMIOS
expect { ioctl 4 TIOCGLCKTRMIOS } prints ""
stty intr ^X -echo <&4
expect { stty <&4 | grep -o 'intr = ^X' } prints "intr = ^X"
