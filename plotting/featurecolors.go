package plotting

import (
	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/explain"
)

// FeatureColors draws the maps of a layer (C×H×W, three at least) as one picture
// in colour: red, green and blue are their first three principal components
// (explain.Components), each stretched from its smallest value to its largest.
// Places of one colour are alike for the layer.
func FeatureColors(maps Picture) *Figure {
	all := planes("FeatureColors", maps)
	if len(all) < 3 {
		misuse("FeatureColors", "%s has %d maps: want at least 3, one for each of red, green and blue", cnn.Dims(maps.Shape()), len(all))
	}
	var values []float64
	for _, p := range all {
		values = append(values, p.values...)
	}
	components, shares := explain.Components(cnn.FromValues(values, len(all), all[0].rows, all[0].cols), 3)
	var channels []plane
	for _, p := range planes("FeatureColors", components) {
		channels = append(channels, stretched([]plane{p})...)
	}
	about := sayf("%d feature maps of %s in colour: red, green and blue are the principal components with %s, %s and %s of the variance",
		"%d 张 %s 的特征图的伪彩色图：红、绿、蓝为前三个主成分，分别占方差的 %s、%s、%s",
		len(all), all[0].size(), percent(shares[0]), percent(shares[1]), percent(shares[2]))
	caption := sayf("red %s, green %s, blue %s of the variance of %d maps", "红 %s、绿 %s、蓝 %s（占 %d 张特征图方差的比例）",
		percent(shares[0]), percent(shares[1]), percent(shares[2]), len(all))
	body := titled(titleOf(maps), pixels(channels, zoom(all[0].cols, all[0].rows, 280)), caption)
	return newFigure(body, about, about+"\n"+shades(channels))
}
