[(block) (record) (list) (list_for) (map_for) (match) (check) (call)] @indent
["}" "]" ")"] @outdent
