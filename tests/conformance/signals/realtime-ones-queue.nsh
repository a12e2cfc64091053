# signal(7), "Queueing": real-time signals are queued, each with its value, and come in that order
spawn child
child { sigprocmask --block 40; trap 40 { echo $SI_VALUE >> /tmp/told } }
for value in 5 7 6 { kill -40 --queue $value child }
child sigprocmask --unblock 40
expect { cat /tmp/told } matches /\A5\n7\n6\Z/
