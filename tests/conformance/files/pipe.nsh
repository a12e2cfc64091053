# pipe(7): what is written at one end is read at the other; without writers the reader finds the end
expect { echo one two | cat } prints "one two"
expect { printf 'c\na\nb\n' | sort | head -n 1 } prints "a"
expect { true | wc -c } matches /^0$/
expect { yes | head -n 2 } matches /\Ay\ny\Z/
