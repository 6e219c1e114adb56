"""A site of three processes under fire: started, driven, broken at random and then checked."""
