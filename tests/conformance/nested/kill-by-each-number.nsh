# kill(2), pid_namespaces(7): one process, and each sender names it by the number it sees
spawn --pid outer
outer spawn --pid inner
inner spawn leaf
leaf { trap USR1 { echo "from $SI_PID" >> /tmp/told } }
kill -USR1 4
expect { outer kill -USR1 3 }
expect { inner kill -USR1 2 }
expect { cat /tmp/told } matches /\Afrom 0\nfrom 0\nfrom 1\Z/
