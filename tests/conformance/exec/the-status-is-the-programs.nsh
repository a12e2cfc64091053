# execve(2): whoever waits is told how the new program ended
spawn child
as child { exec false } || true
expect { waitpid } prints "2 exited 1"
spawn other
as other { exec true } || true
expect { waitpid } prints "3 exited 0"
