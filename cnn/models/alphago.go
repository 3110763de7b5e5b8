package models

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// AlphaGo returns the policy network for a 19×19 board of 48 planes: 13 layers,
// k filters in each but the last, and a score for each of the 361 points. The
// match version has k = 192: 3,882,793 parameters.
//
// Silver et al., "Mastering the game of Go with deep neural networks and tree
// search", 2016, Methods, "Neural network architecture".
func AlphaGo(k int) *layers.Chain { return policy(19, 48, k, 11) }

// SmallAlphaGo returns a policy network for a 9×9 board of 3 planes (own stones,
// the opponent's, empty points), three layers of 16 filters: 5,953 parameters.
func SmallAlphaGo() *layers.Chain { return policy(9, 3, 16, 2) }

// policy has one layer of 5×5, middle layers of 3×3, and one filter of 1×1 with
// a bias of its own for each point.
func policy(board, planes, k, middle int) *layers.Chain {
	all := list(layers.Conv2D(planes, k, 5, cnn.Padding(2)), layers.ReLU())
	for range middle {
		all = append(all, layers.Conv2D(k, k, 3, cnn.Padding(1)), layers.ReLU())
	}
	return layers.Sequential(append(all, layers.Conv2D(k, 1, 1).WithoutBias(), layers.PerPositionBias(board, board), layers.Flatten())...)
}
