package plotting

import (
	"fmt"
	"math"
	"slices"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/train"
	"github.com/convnotes/convnotes/kernel/display"
)

// chinese has the words of the values of cnn that notebooks show as tables.
var chinese = map[string]string{
	"input":           "输入",
	"layer":           "层",
	"output":          "输出",
	"parameters":      "参数",
	"multiply-adds":   "乘加次数",
	"memory":          "内存",
	"sees":            "感受野",
	"receptive field": "感受野",
	"jump":            "间隔",
	"total":           "合计",
	"all":             "全部",
	"size":            "大小",
	"rows":            "行数",
	"columns":         "列数",
	": ":              "：",
}

// fashion are data.FashionNames in Chinese.
var fashion = []string{"T恤", "裤子", "套头衫", "连衣裙", "外套", "凉鞋", "衬衫", "运动鞋", "包", "短靴"}

// ClassNames returns the names of a set's classes in the language of the
// session, as figures write them. Names of a learner's own stay as they are.
func ClassNames(names []string) []string {
	if display.Language() == "zh" && slices.Equal(names, data.FashionNames) {
		return slices.Clone(fashion)
	}
	return names
}

// Translated shows the tables of cnn, which speaks English, in the language of
// the session:
//
//	display.SetRenderer(plotting.Translated)
func Translated(v any) (display.Bundle, bool) {
	if display.Language() != "zh" {
		return display.Bundle{}, false
	}
	words := func(english string) string {
		if word, ok := chinese[english]; ok {
			return word
		}
		return english
	}
	switch v := v.(type) {
	case *layers.Report:
		return display.Parts(v.Translated(words)), true
	case *layers.Explanation:
		return display.Parts(v.Translated(words)), true
	case train.Result:
		return display.Text(resultText(v)), true
	case *data.Images:
		picture, _ := v.Shapes()
		return display.Text(fmt.Sprintf("%d 张图，每张 %s，共 %d 类", v.Len(), cnn.Dims(picture), v.Classes())), true
	case cnn.GradReport:
		return display.Text(gradText(v)), true
	}
	return display.Bundle{}, false
}

func resultText(r train.Result) string {
	text := fmt.Sprintf("损失 %.4g", r.Loss)
	if !math.IsNaN(r.Accuracy) {
		text += fmt.Sprintf("，准确率 %.3f", r.Accuracy)
	}
	return text
}

func gradText(r cnn.GradReport) string {
	verdict := "梯度正确"
	if !r.OK {
		verdict = "梯度有误"
	}
	if r.Checked == 0 {
		return fmt.Sprintf("%s：没有可比较的元素，%d 个元素在不可导的点上", verdict, r.Kinks)
	}
	w := r.Worst
	text := fmt.Sprintf("%s：比较了 %d 个元素，相差最大的是第 %d 个输入的 %v：梯度 %.4g，差分 %.4g", verdict, r.Checked, w.Input, w.Index, w.Gradient, w.Numeric)
	if r.Kinks > 0 {
		text += fmt.Sprintf("；另有 %d 个元素在不可导的点上，没有比较", r.Kinks)
	}
	return text
}
