# glob(7): a pattern is the files that it finds, by their bytes; what may not be read is empty
mkdir -p /tmp/p/d /tmp/p/.d /tmp/p/shut
cd /tmp/p
echo > b; echo > a.c; echo > a; echo > B; echo > d/x; echo > .d/x; echo > shut/x
ln -s nowhere dead; ln -s d link
expect { echo * } prints "B a a.c b d dead link shut"
expect { echo */ */x .*/x } prints "d/ link/ shut/ d/x link/x shut/x .d/x"
expect { echo [!a-z]* a?c dead* dead/* } prints "B a.c dead dead/*"
expect { echo */../a } prints "d/../a link/../a shut/../a"
for name in [ab] { echo $name > "*"; expect { cat "*" } prints "$name" }
expect { echo \* * } prints "* * B a a.c b d dead link shut"
chmod 0711 shut
expect { setpriv --reuid 1000 nsh -c 'echo d/* shut/* shut/x' } prints "d/x shut/* shut/x"
spawn w
expect { echo /proc/[0-9]*/comm } prints "/proc/1/comm /proc/3/comm"
expect { echo /proc/3/ns/[!a-tv-z]* } prints "/proc/3/ns/user /proc/3/ns/uts"
expect { grep -h NSpid /proc/[0-9]*/status } matches /NSpid:\t1\nNSpid:\t3/
