# signal(7): of several pending signals the lower numbers are delivered first, standard ones first
spawn child
child { sigprocmask --block USR1 USR2 40 41; trap USR1 USR2 40 41 { echo $SIGNAL >> /tmp/told } }
for signal in 41 USR2 40 USR1 { kill -$signal child }
expect { child sigpending } matches /^USR1\nUSR2\n/
child sigprocmask --unblock USR1 USR2 40 41
expect { wc -l /tmp/told } prints "4"
