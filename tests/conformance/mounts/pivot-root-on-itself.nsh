# pivot_root(2), NOTES: "." and "." stack the old root on the new one; umount takes it off there
spawn --mount in; mkdir /tmp/r; mkdir /tmp/r/deep
as in { mount --bind /tmp/r /tmp/r; cd /tmp/r; pivot_root . . }
expect { as in { ls / } } matches /^deep$/
expect { as in { ls .. } } matches /^tmp$/
expect { as in { umount .. ; ls } } fails
as in umount -l .
expect { as in { ls .. } } matches /^deep$/
expect { as in { pwd } } matches /^\/$/
expect { ls /tmp } matches /^r$/
