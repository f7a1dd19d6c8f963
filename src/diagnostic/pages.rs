pub fn page(_c:&str)->Option<&'static str>{None}
