# execve(2), clone(2): a shell that performs a text is one process, the first of its namespaces
expect { unshare --pid --fork --mount-proc nsh -c 'echo $$; ps -e -o pid,comm' } matches /^ +1 nsh$/
expect { nsh -c 'cat /proc/self/comm; tr "\0" " " < /proc/self/cmdline' } prints "nsh -c cat"
expect { nsh -c 'cd /tmp; x=1; exit 3' || echo "$? $(pwd) [$x]" } prints "3 / []"
printf 'echo from a script, $A\n' > script
expect { A=b nsh script } prints "from a script, b"
expect { nsh -c 'nsh -c "hostname inner"; hostname' } prints "inner"
expect { unshare --uts nsh -c 'hostname apart'; hostname } prints "inner"
