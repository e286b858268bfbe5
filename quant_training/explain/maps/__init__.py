"""Attribution maps: Grad-CAM and its relatives, SHAP, exact Shapley values over waves."""
