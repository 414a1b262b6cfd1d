"""What outputs and axes mean, and what of an output can be asked about.

All of it follows from the flow (its last blocks, its axes), the task and the loss, and stands here alone: the
engine reads answers by it, the window and the command line name them and offer targets by it. No torch.

    outputs  kind and layout of an output: class scores, independent shares, values, a class for each place, …
    places   where a layer's features stand: which axis are channels, which are places, and of what picture.
    class_names  what classes are called: as the data set says, or ImageNet.
    targets  one number of an output (or of a layer) that an attribution explains: to words and back.
"""
