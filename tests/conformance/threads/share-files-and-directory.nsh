# clone(2), CLONE_FILES and CLONE_FS: threads share descriptors and the working directory
spawn db
db spawn --thread reader
reader cd /tmp
expect { db pwd } prints "/tmp"
expect { readlink /proc/2/cwd } prints "/tmp"
