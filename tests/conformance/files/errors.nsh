# open(2), mkdir(2), rmdir(2), errors: each refusal has its own number
mkdir /tmp/dir
echo text > /tmp/dir/file
expect { cat /tmp/nothing } fails ENOENT
expect { cat /tmp/dir/file/deeper } fails ENOTDIR
expect { echo text > /tmp/dir } fails EISDIR
expect { mkdir /tmp/dir } fails EEXIST
expect { rmdir /tmp/dir } fails ENOTEMPTY
expect { rmdir /tmp/dir/file } fails ENOTDIR
ln -s loop /tmp/loop
expect { cat /tmp/loop } fails ELOOP
