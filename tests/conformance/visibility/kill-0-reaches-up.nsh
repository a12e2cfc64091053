# kill(2), pid 0: the caller's group spans the border, so this alone signals an outer namespace
sigprocmask --block USR1
spawn --pid inner
inner spawn child
expect { child kill -USR1 0 }
expect { sigpending } prints "USR1"
expect { inner sigpending } prints "USR1"
expect { child getpgrp } matches /^0$/
