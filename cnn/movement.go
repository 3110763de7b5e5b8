package cnn

// A Movement says how a kernel or a pool moves over an image: what the options
// of a layer amount to.
type Movement struct {
	StrideH, StrideW         int
	DilationH, DilationW     int
	Top, Bottom, Left, Right int // padding; 0 under Same, whose padding depends on the image
	Groups                   int
	Same, Ceil               bool
}

// KernelMovement returns how [CrossCorrelate] moves a kernel with these options.
func KernelMovement(opts ...Option) Movement {
	return newWindow("CrossCorrelate", 1, 1, 1, 1, correlateOptions, opts).movement()
}

// PoolMovement returns how [MaxPool2D] or [AvgPool2D] moves a window of the
// given size with these options.
func PoolMovement(size int, opts ...Option) Movement {
	return newWindow("pooling", size, size, size, size, "Stride Padding Dilation Ceil CountPadding ", opts).movement()
}

func (w *window) movement() Movement {
	return Movement{w.rows.stride, w.cols.stride, w.rows.dilation, w.cols.dilation,
		w.rows.before, w.rows.after, w.cols.before, w.cols.after, w.groups, w.same, w.ceil}
}
