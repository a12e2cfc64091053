# exit_group(2): exit of any thread ends all of them with that status
spawn db
db spawn --thread reader
reader exit 6
expect { waitpid } prints "2 exited 6"
