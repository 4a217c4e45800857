namespace FanTrans.Synthetic;

/// <summary>How a head is turned, in degrees; zero looks straight into the camera.</summary>
/// <param name="Yaw">To the side: positive turns the face to the picture's right.</param>
/// <param name="Pitch">Up and down: positive lowers the face.</param>
/// <param name="Roll">In the picture's plane: positive turns clockwise.</param>
public readonly record struct FacePose(float Yaw, float Pitch, float Roll);
