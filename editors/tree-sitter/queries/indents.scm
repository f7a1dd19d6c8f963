[(block) (record) (list) (match) (check) (call)] @indent.begin
["}" "]" ")"] @indent.end @indent.branch
