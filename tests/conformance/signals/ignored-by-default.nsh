# signal(7), "Ign": SIGCHLD, SIGURG, SIGWINCH and SIGCONT leave the process as it is
spawn child
for signal in CHLD URG WINCH CONT { kill -$signal child }
expect { waitpid --nohang } matches /^0$/
expect { child sigpending } prints ""
