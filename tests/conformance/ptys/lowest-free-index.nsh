# pts(4), devpts_new_index(): a new pseudo terminal has the lowest free index
spawn a
a openpty -n
expect { openpty -n } prints "/dev/pts/1"
a exit
wait
expect { openpty -n } prints "/dev/pts/0"
expect { openpty -n } prints "/dev/pts/2"
