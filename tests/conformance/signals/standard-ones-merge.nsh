# signal(7), "Queueing": a standard signal that is pending is not queued twice
spawn child
child { sigprocmask --block USR1; trap USR1 { echo caught >> /tmp/told } }
repeat 3 { kill -USR1 child }
child sigprocmask --unblock USR1
expect { cat /tmp/told } matches /\Acaught\Z/
