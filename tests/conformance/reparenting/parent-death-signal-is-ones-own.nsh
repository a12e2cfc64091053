# PR_SET_PDEATHSIG(2const): the setting is cleared for the child of a fork
spawn parent
parent prctl pdeathsig USR1
parent spawn child
expect { parent prctl pdeathsig } prints "USR1"
expect { child prctl pdeathsig } matches /^0$/
