namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Op.abs.Call(this);
        public Tensor abs_() => Op.abs_.InPlace(this);
        public Tensor absolute() => Op.absolute.Call(this);
        public Tensor absolute_() => Op.absolute_.InPlace(this);
        public Tensor acos() => Op.acos.Call(this);
        public Tensor acos_() => Op.acos_.InPlace(this);
        public Tensor acosh() => Op.acosh.Call(this);
        public Tensor acosh_() => Op.acosh_.InPlace(this);
        public Tensor add(Scalar scalar) => Op.add_Scalar.Call(this, scalar);
        public Tensor add(Scalar scalar, Scalar alpha) => Op.add_Scalar.Call(this, scalar, alpha);
        public Tensor add(Tensor target) => Op.add_Tensor.Call(this, target);
        public Tensor add(Tensor target, Scalar alpha) => Op.add_Tensor.Call(this, target, alpha);
        public Tensor add_(Scalar scalar) => Op.add__Scalar.InPlace(this, scalar);
        public Tensor add_(Scalar scalar, Scalar alpha) => Op.add__Scalar.InPlace(this, scalar, alpha);
        public Tensor add_(Tensor target) => Op.add__Tensor.InPlace(this, target);
        public Tensor add_(Tensor target, Scalar alpha) => Op.add__Tensor.InPlace(this, target, alpha);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Op.addcdiv.Call(this, tensor1, tensor2);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Op.addcdiv.Call(this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Op.addcdiv_.InPlace(this, tensor1, tensor2);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Op.addcdiv_.InPlace(this, tensor1, tensor2, value);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Op.addcmul.Call(this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Op.addcmul_.InPlace(this, tensor1, tensor2, value);
        public Tensor asin() => Op.asin.Call(this);
        public Tensor asin_() => Op.asin_.InPlace(this);
        public Tensor asinh() => Op.asinh.Call(this);
        public Tensor asinh_() => Op.asinh_.InPlace(this);
        public Tensor atan() => Op.atan.Call(this);
        public Tensor atan2(Tensor other) => Op.atan2.Call(this, other);
        public Tensor atan2_(Tensor other) => Op.atan2_.InPlace(this, other);
        public Tensor atan_() => Op.atan_.InPlace(this);
        public Tensor atanh() => Op.atanh.Call(this);
        public Tensor atanh_() => Op.atanh_.InPlace(this);
        public Tensor ceil() => Op.ceil.Call(this);
        public Tensor ceil_() => Op.ceil_.InPlace(this);
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Op.clamp.Call(this, min, max);
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Op.clamp_Tensor.Call(this, min, max);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Op.clamp_.InPlace(this, min, max);
        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => Op.clamp__Tensor.InPlace(this, min, max);
        public Tensor clamp_max(Scalar max) => Op.clamp_max.Call(this, max);
        public Tensor clamp_max_(Scalar max) => Op.clamp_max_.InPlace(this, max);
        public Tensor clamp_min(Scalar min) => Op.clamp_min.Call(this, min);
        public Tensor clamp_min_(Scalar min) => Op.clamp_min_.InPlace(this, min);
        public Tensor clip(Scalar? min = null, Scalar? max = null) => Op.clip.Call(this, min, max);
        public Tensor cos() => Op.cos.Call(this);
        public Tensor cos_() => Op.cos_.InPlace(this);
        public Tensor cosh() => Op.cosh.Call(this);
        public Tensor cosh_() => Op.cosh_.InPlace(this);
        public Tensor erf() => Op.erf.Call(this);
        public Tensor erf_() => Op.erf_.InPlace(this);
        public Tensor erfc() => Op.erfc.Call(this);
        public Tensor erfc_() => Op.erfc_.InPlace(this);
        public Tensor erfinv() => Op.erfinv.Call(this);
        public Tensor erfinv_() => Op.erfinv_.InPlace(this);
        public Tensor exp() => Op.exp.Call(this);
        public Tensor exp2() => Op.exp2.Call(this);
        public Tensor exp_() => Op.exp_.InPlace(this);
        public Tensor expm1() => Op.expm1.Call(this);
        public Tensor expm1_() => Op.expm1_.InPlace(this);
        public Tensor floor() => Op.floor.Call(this);
        public Tensor floor_() => Op.floor_.InPlace(this);
        public Tensor floor_divide(Scalar other) => Op.floor_divide_Scalar.Call(this, other);
        public Tensor floor_divide(Tensor other) => Op.floor_divide.Call(this, other);
        public Tensor floor_divide_(Scalar other) => Op.floor_divide__Scalar.InPlace(this, other);
        public Tensor floor_divide_(Tensor other) => Op.floor_divide__Tensor.InPlace(this, other);
        public Tensor fmod(Scalar scalar) => Op.fmod_Scalar.Call(this, scalar);
        public Tensor fmod(Tensor target) => Op.fmod_Tensor.Call(this, target);
        public Tensor fmod_(Scalar scalar) => Op.fmod__Scalar.InPlace(this, scalar);
        public Tensor fmod_(Tensor target) => Op.fmod__Tensor.InPlace(this, target);
        public Tensor lerp(Tensor end, Tensor weight) => Op.lerp_Tensor.Call(this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => Op.lerp__Tensor.InPlace(this, end, weight);
        public Tensor log() => Op.log.Call(this);
        public Tensor log10() => Op.log10.Call(this);
        public Tensor log10_() => Op.log10_.InPlace(this);
        public Tensor log1p() => Op.log1p.Call(this);
        public Tensor log1p_() => Op.log1p_.InPlace(this);
        public Tensor log2() => Op.log2.Call(this);
        public Tensor log2_() => Op.log2_.InPlace(this);
        public Tensor log_() => Op.log_.InPlace(this);
        public Tensor logaddexp(Tensor other) => Op.logaddexp.Call(this, other);
        public Tensor logaddexp2(Tensor other) => Op.logaddexp2.Call(this, other);
        public Tensor logit(double? eps = null) => Op.logit.Call(this, eps);
        public Tensor maximum(Tensor other) => Op.maximum.Call(this, other);
        public Tensor minimum(Tensor other) => Op.minimum.Call(this, other);
        public Tensor mul(Scalar target) => Op.mul_Scalar.Call(this, target);
        public Tensor mul(Tensor target) => Op.mul_Tensor.Call(this, target);
        public Tensor mul_(Scalar target) => Op.mul__Scalar.InPlace(this, target);
        public Tensor mul_(Tensor target) => Op.mul__Tensor.InPlace(this, target);
        public Tensor multiply(Scalar target) => Op.multiply_Scalar.Call(this, target);
        public Tensor multiply(Tensor target) => Op.multiply_Tensor.Call(this, target);
        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) =>
            Op.nan_to_num.Call(this, nan, posinf, neginf);
        public Tensor neg() => Op.neg.Call(this);
        public Tensor neg_() => Op.neg_.InPlace(this);
        public Tensor negative() => Op.negative.Call(this);
        public Tensor pow(Scalar exponent) => Op.pow_Tensor_Scalar.Call(this, exponent);
        public Tensor pow(Tensor exponent) => Op.pow_Tensor_Tensor.Call(this, exponent);
        public Tensor pow_(Scalar exponent) => Op.pow__Scalar.InPlace(this, exponent);
        public Tensor pow_(Tensor exponent) => Op.pow__Tensor.InPlace(this, exponent);
        public Tensor reciprocal() => Op.reciprocal.Call(this);
        public Tensor reciprocal_() => Op.reciprocal_.InPlace(this);
        public Tensor remainder(Scalar scalar) => Op.remainder_Scalar.Call(this, scalar);
        public Tensor remainder(Tensor target) => Op.remainder_Tensor.Call(this, target);
        public Tensor remainder_(Scalar scalar) => Op.remainder__Scalar.InPlace(this, scalar);
        public Tensor remainder_(Tensor target) => Op.remainder__Tensor.InPlace(this, target);
        public Tensor round(long decimals = 0) => Op.round_decimals.Call(this, decimals);
        public Tensor round_(long decimals = 0) => Op.round__decimals.InPlace(this, decimals);
        public Tensor rsqrt() => Op.rsqrt.Call(this);
        public Tensor rsqrt_() => Op.rsqrt_.InPlace(this);
        public Tensor sign() => Op.sign.Call(this);
        public Tensor sign_() => Op.sign_.InPlace(this);
        public Tensor sin() => Op.sin.Call(this);
        public Tensor sin_() => Op.sin_.InPlace(this);
        public Tensor sinh() => Op.sinh.Call(this);
        public Tensor sinh_() => Op.sinh_.InPlace(this);
        public Tensor sqrt() => Op.sqrt.Call(this);
        public Tensor sqrt_() => Op.sqrt_.InPlace(this);
        public Tensor square() => Op.square.Call(this);
        public Tensor sub(Scalar target) => Op.sub_Scalar.Call(this, target);
        public Tensor sub(Tensor target) => Op.sub_Tensor.Call(this, target);
        public Tensor sub_(Scalar target) => Op.sub__Scalar.InPlace(this, target);
        public Tensor sub_(Tensor target) => Op.sub__Tensor.InPlace(this, target);
        public Tensor subtract(Scalar target) => Op.subtract_Scalar.Call(this, target);
        public Tensor subtract(Tensor target) => Op.subtract_Tensor.Call(this, target);
        public Tensor subtract_(Scalar target) => Op.subtract__Scalar.InPlace(this, target);
        public Tensor subtract_(Tensor target) => Op.subtract__Tensor.InPlace(this, target);
        public Tensor tan() => Op.tan.Call(this);
        public Tensor tan_() => Op.tan_.InPlace(this);
        public Tensor trunc() => Op.trunc.Call(this);
        public Tensor trunc_() => Op.trunc_.InPlace(this);
        public Tensor xlogy(Scalar y) => Op.xlogy_Scalar_Other.Call(this, y);
        public Tensor xlogy(Tensor y) => Op.xlogy_Tensor.Call(this, y);
        public Tensor xlogy_(Scalar y) => Op.xlogy__Scalar_Other.InPlace(this, y);
        public Tensor xlogy_(Tensor y) => Op.xlogy__Tensor.InPlace(this, y);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Op.div_Tensor_mode.Call(this, target, Rounding(rounding_mode));
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Op.div_Scalar_mode.Call(this, target, Rounding(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Op.div__Tensor_mode.InPlace(this, target, Rounding(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Op.div__Scalar_mode.InPlace(this, target, Rounding(rounding_mode));
        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            div(target, rounding_mode);
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            div(target, rounding_mode);
        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            div_(target, rounding_mode);
        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            div_(target, rounding_mode);
        public Tensor where(Tensor condition, Tensor y) => Op.where_self.Call(condition, this, y);

        private static string? Rounding(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();
    }
}
