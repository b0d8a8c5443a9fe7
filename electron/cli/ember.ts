/**
 * The colour map of attention, Ember on a light page: 256 colours from nothing to most, lightness linear in the value.
 * The window computes the same table (renderer/draw); a test holds the two together.
 */

/** Red, green and blue of 256 steps, as base64. */
const TABLE = [
  '+vr6+vn4+fj2+ff0+fbx+fXv+fTt+PPr+PLo+PHm+PDk+O/h+O3f+Ozd+Ova+erY+enW+ejT+efR+eXP+eTM+ePK+uLI+uDF+t/D+t7B+t2++9u8+9q6+9m4',
  '+9i1/Naz/NWx/NSv/dKs/dGq/dCo/c6m/s2k/syi/sqg/sme/sid/sab/sWZ/sSY/sKW/sGV/sCT/r+R/r2Q/ryO/ruN/rmL/riK/raI/rWH/rSF/bKE/bGC',
  '/bCB/a6A/a1+/at9/ap7/al6/ad5/aZ3/aR2/aN1/aFz/aBy/Z5x/Z1v/Ztu/Zpt/Zhs/Zdq/ZVp/ZRo/ZJn/ZFl/Y9k/Y1j/Yxi/Yph/Ylg/Yde/YVd/YRc',
  '/YJb/YBa/X5Z/X1Y/XtX/XlW/XdV/XVU/XRT/XJS/XBR/W5Q/WxQ/GtP/GlP+2hP+mZP+mVP+WNP+WJP+GBO919O911O9lxO9VpO9VlP9FdP81ZP8lVP8lNP',
  '8VJP8FBP709P7k5Q7kxQ7UtQ7EpQ60hR6kdR6UZR6EVR50NS5kJS5UFS5EBS4z9T4j1T4TxT4DtU3zpU3jlU3ThV3DdV2jZV2TVW2DRW1zNW1jJW1DFX0zBX',
  '0i9X0S5Y0C5Yzi1YzSxYzCtZyitZySpZyClZxilaxShaxChawidawSdavyZbviZbvSVbuyVbuiRbuCRbtyRctSNctCNcsyNcsSNcsCNcriJcrSJcqyJcqiJc',
  'qCJcpiJcpSJcoyJcoiJcoCJcnyJcnSJcnCJcmiJcmSJclyJclSJblCJbkiJbkSNbjyNbjSNajCNaiiNaiSNahyNZhSNZhCRZgiRYgSRYfyRYfSRXfCRXeiRX',
  'eSRWdyVWdSVVdCVVciVUcSVUbyVTbSVTbCVSaiVRaSVRZyVQZiZQZCZPYiZOYSZOXyZNXiZMXCZMWyZLWSZKWCZJViZJVSZIUyZHUSZGUCZFTiZETSZESyVD',
  'SiVCSSVBRyVARiU/RCU+QyU9QSU8QCU7PiU6PSQ5PCQ4OiQ3OSQ2NyQ1NiM0NSMz',
].join('');

/** [256, 3]. */
export const EMBER = new Uint8Array(Buffer.from(TABLE, 'base64'));

/** Index of a value between 0 and `highest`; what is not finite is nothing. */
export function emberIndex(value: number, highest: number): number {
  const share = value / highest;
  return Number.isFinite(share) ? Math.max(0, Math.min(255, Math.round(share * 255))) : 0;
}
