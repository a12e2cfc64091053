# sigaction(2), si_uid: in the numbers of the receiver's user namespace; 65534 for the unknown
spawn --user w
echo '0 1000 10' > /proc/2/uid_map
w trap USR1 { echo by $SI_UID > /tmp/by }
kill -USR1 2
w true
expect { cat /tmp/by } prints "by 65534"
w setuid 0
rm /tmp/by
spawn x
x setresuid 1003 1000 1003
x kill -USR1 2
w true
expect { cat /tmp/by } prints "by 3"
