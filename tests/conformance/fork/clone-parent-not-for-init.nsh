# clone(2), CLONE_PARENT: EINVAL for the init of a pid namespace, whose siblings nobody could adopt
expect { clone2 --name sibling PARENT } fails EINVAL
spawn --pid inner
expect { inner clone2 --name sibling PARENT } fails EINVAL
expect { inner clone2 --name child } prints "2"
