# termios(3), ECHO and ONLCR: the master reads what was typed, a newline as two characters
openpty -n
echo typed >&3
expect { head -c 7 <&3 | wc -c } prints "7"
expect { head -c 0 <&3 } prints ""
echo shown >&4
expect { head -c 5 <&3 } prints "shown"
