# mount(2): a copied mount shows the same files, so what is written in one is read in the other
spawn --mount inner
inner { echo inside > /tmp/file }
expect { cat /tmp/file } prints "inside"
