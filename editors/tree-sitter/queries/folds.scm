[(block) (record) (list) (match) (check)] @fold
