# wait(2): a child that has moved to another group is missed by a wait for its old one
spawn child
expect { waitpid --nohang 0 } matches /^0$/
child setpgid 0 0
expect { waitpid --nohang 0 } fails ECHILD
expect { waitpid --nohang -2 } matches /^0$/
