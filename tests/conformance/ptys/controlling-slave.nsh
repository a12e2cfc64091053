# tty(4): a session's leader without a terminal gets the one that it opens
spawn leader
leader setsid
as leader { expect { cat /dev/tty } fails ENXIO }
leader openpty -n -c
as leader {
  expect { tcgetpgrp 4 } prints "2"
  expect { tty < /dev/tty } prints "/dev/tty"
  echo here > /dev/tty
  expect { head -c 4 <&3 } prints "here"
}
expect { cut -d ' ' -f 7,8 /proc/2/stat } prints "34816 2"
