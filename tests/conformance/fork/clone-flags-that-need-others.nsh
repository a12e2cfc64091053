# clone(2), errors: threads share signal handlers, handlers share memory
expect { clone2 --name w THREAD } fails EINVAL
expect { clone2 --name w SIGHAND } fails EINVAL
expect { clone2 --name w THREAD VM } fails EINVAL
expect { clone2 --name w SIGHAND VM THREAD NEWPID } fails EINVAL
