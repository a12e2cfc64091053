# personality(2), UNAME26: uname tells of a 2.6.N; children inherit it, proc tells the truth
expect { setarch --uname-2.6 uname -r } matches /^2\.6\.\d+(-|$)/
expect { setarch --uname-2.6 cat /proc/self/personality } prints "00020000"
expect { cat /proc/self/personality } prints "00000000"
expect { setarch --uname-2.6 setarch -R cat /proc/self/personality } prints "00060000"
expect { setarch --uname-2.6 setarch -R uname -r } matches /^2\.6\./
expect { setarch --uname-2.6 cat /proc/sys/kernel/osrelease } matches /^[3-9]/
