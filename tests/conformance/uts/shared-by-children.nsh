# uts_namespaces(7), fork(2): children are born into their parent's namespace
spawn --uts inner
inner spawn child
child hostname child
expect { inner hostname } prints "child"
expect $(hostname) != child
