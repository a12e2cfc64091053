# memfd_create(2): a text that is given to be read is a file in memory, with an offset of its own
expect { cat <<< "one
two" } prints "one
two"
expect { readlink /proc/self/fd/0 <<< text } prints "/memfd:here (deleted)"
expect { head -c 2 <<< text; echo } prints "te"
{ read first; read second } <<< "1
2"
expect "$first$second" == 12
x="  a  *  "
expect { cat <<< $x } matches /^  a  [*]  $/
expect { cat 7<<< seven <&7 } prints seven
expect { wc -c <<< four } matches /5/
